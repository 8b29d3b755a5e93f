package org.eider.registrar.server.admin;

import java.util.List;

/** What a monitor may ask of the process. */
public interface Monitoring {
  /** The numbers, as a text of {@link #mediaType}. */
  String scrape();

  /** The media type of the numbers. */
  String mediaType();

  /** What is missing that the registrar needs to serve, by name; empty when it is ready. */
  List<String> missing();

  /** Whether the numbers are told without the admin token. */
  boolean isOpen();
}
