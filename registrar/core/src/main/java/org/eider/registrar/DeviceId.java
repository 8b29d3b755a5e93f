package org.eider.registrar;

/**
 * A device as the registrar knows it: serial numbers are unique only within a manufacturer.
 *
 * @param manufacturer the name under which the manufacturer is registered here
 * @param serialNumber the product serial number, as its IDevID says
 */
public record DeviceId(String manufacturer, String serialNumber) {
  @Override
  public String toString() {
    return manufacturer + "/" + serialNumber;
  }
}
