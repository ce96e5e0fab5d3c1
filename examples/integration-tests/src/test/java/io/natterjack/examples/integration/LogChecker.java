package io.natterjack.examples.integration;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what the clients of one room wrote down with what the server promises: what was acknowledged is kept, everything
 * is there once, everybody sees one order without a hole.
 */
final class LogChecker {
    private static final int SHOWN = 20;

    private final List<String> violations = new ArrayList<>();

    private LogChecker() {}

    /** Returns how the promises were broken; empty if they were kept. All clients must have been there from the beginning. */
    static List<String> violations(List<ClientLog> logs) {
        LogChecker checker = new LogChecker();
        logs.forEach(checker::checkAlone);
        checker.checkSameOrder(logs);
        List<ClientLog.Event> order = logs.get(0).events();
        logs.forEach(log -> checker.checkSends(log, order));
        checker.checkNoPhantoms(logs, order);
        return checker.violations.subList(0, Math.min(SHOWN, checker.violations.size()));
    }

    private void checkAlone(ClientLog log) {
        log.troubles().forEach(line -> violations.add(log.user() + " was told: " + line));
        Set<String> seen = new HashSet<>();
        long expected = 1;
        for (ClientLog.Event event : log.events()) {
            if (event.seq() != expected) {
                violations.add(log.user() + " saw #" + event.seq() + " where #" + expected + " was due");
            }
            if (!seen.add(event.clientId())) {
                violations.add(log.user() + " saw " + event.clientId() + " twice, again at #" + event.seq());
            }
            expected = event.seq() + 1;
        }
    }

    private void checkSameOrder(List<ClientLog> logs) {
        ClientLog first = logs.get(0);
        for (ClientLog log : logs) {
            if (log.events().size() != first.events().size()) {
                violations.add(log.user() + " saw " + log.events().size() + " messages, " + first.user() + " "
                        + first.events().size());
            }
            for (int i = 0; i < Math.min(log.events().size(), first.events().size()); i++) {
                if (!log.events().get(i).equals(first.events().get(i))) {
                    violations.add(log.user() + " saw " + log.events().get(i) + " where " + first.user() + " saw "
                            + first.events().get(i));
                    break;
                }
            }
        }
    }

    private void checkSends(ClientLog log, List<ClientLog.Event> order) {
        Map<String, ClientLog.Event> kept = new HashMap<>();
        order.forEach(event -> kept.put(event.clientId(), event));
        Set<String> acked = new HashSet<>();
        for (ClientLog.Event ack : log.acks()) {
            if (!ack.equals(kept.get(ack.clientId()))) {
                violations.add(log.user() + " got an ack for " + ack + ", but seen was " + kept.get(ack.clientId()));
            }
            if (!acked.add(ack.clientId())) {
                violations.add(log.user() + " got two acks for " + ack.clientId());
            }
        }
        long last = 0;
        for (String id : log.sent()) {
            ClientLog.Event event = kept.get(id);
            if (event == null) {
                violations.add(log.user() + " sent " + id + ", which nobody saw");
            } else if (event.seq() < last) {
                violations.add(
                        log.user() + " sent " + id + " after what became #" + last + ", but it is #" + event.seq());
            } else {
                last = event.seq();
            }
            if (!acked.contains(id)) {
                violations.add(log.user() + " got no ack for " + id);
            }
        }
    }

    private void checkNoPhantoms(List<ClientLog> logs, List<ClientLog.Event> order) {
        Map<String, String> senders = new HashMap<>();
        logs.forEach(log -> log.sent().forEach(id -> senders.put(id, log.user())));
        for (ClientLog.Event event : order) {
            if (!event.sender().equals(senders.get(event.clientId()))) {
                violations.add("nobody of that name sent " + event);
            }
        }
    }
}
