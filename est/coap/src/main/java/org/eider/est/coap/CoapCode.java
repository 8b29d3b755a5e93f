package org.eider.est.coap;

/**
 * A response code of CoAP (RFC 7252 section 5.9), of which peers may send others than those named here.
 *
 * @param category 2 for success, 4 for the client's fault, 5 for the server's
 * @param detail 0 to 31
 */
public record CoapCode(int category, int detail) {
  /** 2.01. */
  public static final CoapCode CREATED = new CoapCode(2, 1);
  /** 2.02. */
  public static final CoapCode DELETED = new CoapCode(2, 2);
  /** 2.03: what the client has is still right. */
  public static final CoapCode VALID = new CoapCode(2, 3);
  /** 2.04: answers POST. */
  public static final CoapCode CHANGED = new CoapCode(2, 4);
  /** 2.05: answers GET. */
  public static final CoapCode CONTENT = new CoapCode(2, 5);
  /** 4.00. */
  public static final CoapCode BAD_REQUEST = new CoapCode(4, 0);
  /** 4.01. */
  public static final CoapCode UNAUTHORIZED = new CoapCode(4, 1);
  /** 4.02: an option that is critical and not understood. */
  public static final CoapCode BAD_OPTION = new CoapCode(4, 2);
  /** 4.03. */
  public static final CoapCode FORBIDDEN = new CoapCode(4, 3);
  /** 4.04. */
  public static final CoapCode NOT_FOUND = new CoapCode(4, 4);
  /** 4.05. */
  public static final CoapCode METHOD_NOT_ALLOWED = new CoapCode(4, 5);
  /** 4.06. */
  public static final CoapCode NOT_ACCEPTABLE = new CoapCode(4, 6);
  /** 4.08: blocks are missing (RFC 7959 section 2.9.2). */
  public static final CoapCode REQUEST_ENTITY_INCOMPLETE = new CoapCode(4, 8);
  /** 4.13. */
  public static final CoapCode REQUEST_ENTITY_TOO_LARGE = new CoapCode(4, 13);
  /** 4.15. */
  public static final CoapCode UNSUPPORTED_CONTENT_FORMAT = new CoapCode(4, 15);
  /** 5.00. */
  public static final CoapCode INTERNAL_SERVER_ERROR = new CoapCode(5, 0);
  /** 5.02. */
  public static final CoapCode BAD_GATEWAY = new CoapCode(5, 2);
  /** 5.03: later, after Max-Age. */
  public static final CoapCode SERVICE_UNAVAILABLE = new CoapCode(5, 3);
  /** 5.04. */
  public static final CoapCode GATEWAY_TIMEOUT = new CoapCode(5, 4);

  private static final int MOST_DETAIL = 31;

  /** Checks the bounds. */
  public CoapCode {
    if (category < 2 || category > 7 || detail < 0 || detail > MOST_DETAIL) {
      throw new IllegalArgumentException("no response code: " + category + "." + detail);
    }
  }

  /** Whether it is 2.xx. */
  public boolean isSuccess() {
    return category == 2;
  }

  /** As one number, for metrics: 404 for 4.04. */
  public int number() {
    return category * 100 + detail;
  }

  /** The octet of the header: 132 for 4.04. */
  int octet() {
    return category << 5 | detail;
  }

  static CoapCode ofOctet(int octet) {
    return new CoapCode(octet >> 5, octet & MOST_DETAIL);
  }

  @Override
  public String toString() {
    return category + (detail < 10 ? ".0" : ".") + detail;
  }
}
