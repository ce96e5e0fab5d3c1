package io.natterjack.store.redis;

import java.util.Map;

/**
 * An incarnation as this process knows it.
 *
 * @param checkedAt how often connections had changed when it was found to be that of the server
 * @param scripts by what they are called
 */
record Life(Incarnation incarnation, long checkedAt, Map<Script, String> scripts) {
    long epoch() {
        return incarnation.epoch();
    }

    String script(Script script) {
        return scripts.getOrDefault(script, "");
    }
}
