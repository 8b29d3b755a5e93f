package org.eider.est.coap;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eider.est.ClientSession;
import org.eider.wire.Octets;

/** Between the kit's messages and Californium's. */
final class Messages {
  private Messages() {}

  /** The path as text; empty where segments do not make up one: the routes must not be asked for what another path reads like. */
  static Optional<String> path(OptionSet options) {
    StringBuilder path = new StringBuilder();
    for (String segment : options.getUriPath()) {
      if (segment.isEmpty() || segment.indexOf('/') >= 0 || segment.chars().anyMatch(Character::isISOControl)) {
        return Optional.empty();
      }
      path.append('/').append(segment);
    }
    return Optional.of(path.isEmpty() ? "/" : path.toString());
  }

  static CoapRequest request(Request request, String path, ClientSession session) {
    OptionSet options = request.getOptions();
    return new CoapRequest(request.getCode().name(), path, List.copyOf(options.getUriQuery()),
        options.hasContentFormat() ? OptionalInt.of(options.getContentFormat()) : OptionalInt.empty(),
        options.hasAccept() ? OptionalInt.of(options.getAccept()) : OptionalInt.empty(),
        options.getETags().stream().map(Octets::of).toList(), Octets.of(request.getPayload()), session);
  }

  static Response response(CoapAnswer answer) {
    Response response = new Response(ResponseCode.valueOf(answer.code().octet()));
    if (!answer.payload().isEmpty()) {
      // Californium warns of a payload where RFC 7252 section 5.9 does not speak of one, unless it is said to be meant.
      if (!response.isIntendedPayload()) {
        response.setUnintendedPayload();
      }
      response.setPayload(answer.payload().toArray());
    }
    answer.contentFormat().ifPresent(response.getOptions()::setContentFormat);
    answer.etag().ifPresent(etag -> response.getOptions().addETag(etag.toArray()));
    answer.maxAge().ifPresent(age -> response.getOptions().setMaxAge(age.toSeconds()));
    return response;
  }

  static CoapAnswer answer(Response response) {
    OptionSet options = response.getOptions();
    return new CoapAnswer(CoapCode.ofOctet(response.getRawCode()),
        options.hasContentFormat() ? OptionalInt.of(options.getContentFormat()) : OptionalInt.empty(), Octets.of(response.getPayload()),
        options.getETags().stream().findFirst().map(Octets::of),
        options.hasMaxAge() ? Optional.of(Duration.ofSeconds(options.getMaxAge())) : Optional.empty(), Optional.empty());
  }

  static Request request(CoapCall call, Abbreviation abbreviation, int maxBody) {
    Request request = new Request(Code.valueOf(call.method()));
    OptionSet options = request.getOptions();
    for (String segment : call.path().split("/")) {
      if (!segment.isEmpty()) {
        options.addUriPath(segment);
      }
    }
    call.abbreviation().ifPresent(number -> abbreviation.put(options, number));
    call.query().forEach(options::addUriQuery);
    call.contentFormat().ifPresent(options::setContentFormat);
    call.accept().ifPresent(options::setAccept);
    call.etag().ifPresent(etag -> options.addETag(etag.toArray()));
    if (!call.payload().isEmpty()) {
      request.setPayload(call.payload().toArray());
    }
    request.setMaxResourceBodySize(maxBody);
    return request;
  }
}
