package org.eider.registrar;

/**
 * A device as the registrar knows it: serial numbers are unique only within a manufacturer.
 *
 * @param manufacturer the name under which the manufacturer is registered here
 * @param serialNumber the product serial number, as its IDevID says
 */
public record DeviceId(String manufacturer, String serialNumber) {
  /** The device that {@link #toString()} names; a manufacturer's name holds no slash, so there is only one. */
  public static DeviceId parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1) {
      throw new IllegalArgumentException("a device is named by manufacturer/serial");
    }
    return new DeviceId(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return manufacturer + "/" + serialNumber;
  }
}
