package io.natterjack.store.jdbc;

import io.natterjack.core.Draft;

/**
 * A message of a history that was kept elsewhere.
 *
 * @param draft the message; its client id must be the same whenever the same message is imported, so that an import that was broken
 *     off can be repeated
 * @param timestamp when it was written, Unix milliseconds; one before its predecessor's in the room counts as that
 */
public record ImportedMessage(Draft draft, long timestamp) {}
