package org.eider.est.coap;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAPMessageFormatException;
import org.eclipse.californium.core.coap.Message;
import org.eclipse.californium.core.coap.MessageFormatException;
import org.eclipse.californium.core.coap.option.OptionRegistry;
import org.eclipse.californium.core.network.serialization.MessageHeader;
import org.eclipse.californium.core.network.serialization.UdpDataParser;
import org.eclipse.californium.elements.util.DatagramReader;

/**
 * Californium's parser, which says of every message that is malformed that it is. Of some it finds out so late, in setters made for
 * programmers, that it throws what stands for a programmer's mistake: a block with more payload than its size (RFC 7959 section 2.2).
 */
final class StrictParser extends UdpDataParser {
  StrictParser(OptionRegistry options) {
    super(true, options);
  }

  @Override
  protected Message parseMessage(DatagramReader reader, MessageHeader header, Message target) {
    try {
      return super.parseMessage(reader, header, target);
    } catch (MessageFormatException malformed) {
      throw malformed;
    } catch (IllegalStateException | IllegalArgumentException malformed) {
      throw new CoAPMessageFormatException("block with a payload of another size", header.getToken(), header.getMID(), header.getCode(),
          header.getType() == org.eclipse.californium.core.coap.CoAP.Type.CON, ResponseCode.BAD_REQUEST);
    }
  }
}
