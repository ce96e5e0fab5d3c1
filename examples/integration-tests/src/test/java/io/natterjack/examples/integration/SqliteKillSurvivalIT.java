package io.natterjack.examples.integration;

import java.util.List;

final class SqliteKillSurvivalIT extends KillSurvival {
    @Override
    List<String> storage() {
        return List.of("--data", directory.resolve("data").toString());
    }
}
