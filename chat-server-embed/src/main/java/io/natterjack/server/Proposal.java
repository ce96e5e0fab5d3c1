package io.natterjack.server;

import io.natterjack.core.DeviceId;
import io.natterjack.core.Draft;
import io.natterjack.core.Principal;
import io.natterjack.core.RoomView;

/**
 * What a client is about to change.
 *
 * @param who the author
 * @param device the author's device
 * @param draft what is to be
 * @param room the room as it stood to the author when that was permitted
 */
public record Proposal(Principal who, DeviceId device, Draft draft, RoomView room) {}
