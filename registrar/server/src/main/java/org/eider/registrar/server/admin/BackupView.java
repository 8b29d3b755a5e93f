package org.eider.registrar.server.admin;

import java.time.Instant;

/**
 * A backup that was made.
 *
 * @param file where it is
 * @param at when
 * @param entries how far its journal goes
 * @param head hash of the last of them in hexadecimal digits
 */
public record BackupView(String file, Instant at, long entries, String head) {}
