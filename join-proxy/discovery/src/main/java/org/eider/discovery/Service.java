package org.eider.discovery;

/** What is looked for. */
public enum Service {
  /** A registrar over TLS: {@code AN_join_registrar} with TCP, {@code _brski-registrar._tcp}. */
  REGISTRAR_TLS(true),
  /** A registrar over CoAPS: {@code AN_join_registrar} with UDP, {@code _brski-registrar._udp}, {@code rt=brski}. */
  REGISTRAR_COAPS(true),
  /** A registrar behind stateless proxies: {@code AN_join_registrar_rjp}, {@code _brski-rjp._udp}, {@code rt=brski.rjp}. */
  REGISTRAR_JPY(true),
  /** A join proxy for TLS: {@code AN_Proxy} with TCP, {@code _brski-proxy._tcp}. */
  PROXY_TLS(false),
  /** A join proxy for CoAPS: {@code AN_Proxy} with UDP, {@code _brski-proxy._udp}, {@code brski-jp}. */
  PROXY_COAPS(false);

  private final boolean isRegistrar;

  Service(boolean isRegistrar) {
    this.isRegistrar = isRegistrar;
  }

  /** Whether it is a registrar's, which only those look for that belong to the domain; the others are join proxies'. */
  public boolean isRegistrar() {
    return isRegistrar;
  }
}
