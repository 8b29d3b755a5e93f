package org.eider.registrar.server.config;

import java.util.List;
import org.eider.config.BadSetting;
import org.eider.pki.CertificateMaker;

/**
 * The one port of BRSKI and EST.
 *
 * @param host address or name to listen on
 * @param port TCP port; 0 for any free one
 * @param names DNS names and IP addresses of the registrar's certificate, at least one
 */
public record HttpsSettings(String host, int port, List<String> names) {
  private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  private static final String HOST = "(?=.{1,253}$)" + LABEL + "(\\." + LABEL + ")*";

  /** Checks the values. */
  public HttpsSettings {
    BadSetting.unlessText("host", host);
    BadSetting.unlessWithin("port", port, 0, 65535);
    names = BadSetting.unlessTexts("names", names);
    if (names.isEmpty()) {
      throw new BadSetting("names", "needs at least one name");
    }
    names.forEach(HttpsSettings::checkName);
  }

  private static void checkName(String name) {
    boolean isAddress = name.contains(":") || name.matches("[0-9.]+");
    try {
      if (isAddress) {
        CertificateMaker.subjectAltName(List.of(), List.of(name));
      }
    } catch (IllegalArgumentException e) {
      throw new BadSetting("names", "\"" + name + "\" is no IP address");
    }
    if (!isAddress && !name.matches(HOST)) {
      throw new BadSetting("names", "\"" + name + "\" is no DNS name");
    }
  }
}
