package org.eider.registrar.server.coap;

import java.util.List;
import org.eider.est.coap.CoapAnswer;
import org.eider.est.coap.CoapHandler;
import org.eider.est.coap.CoapRequest;
import org.eider.est.coap.CodeTable;
import org.eider.registrar.VoucherService;
import org.eider.voucher.VoucherArtifact;
import org.eider.voucher.VoucherFormat;
import org.eider.wire.ContentFormat;

/** {@code POST rv} (cBRSKI sections 6.5 and 9.2): a COSE voucher request in, 2.04 with a COSE voucher out. */
record VoucherResource(VoucherService vouchers) implements CoapHandler {
  private static final ContentFormat FORMAT = ContentFormat.VOUCHER_COSE;

  @Override
  public CoapAnswer handle(CoapRequest request) {
    if (!request.is(FORMAT)) {
      return ResourceRefusal.WRONG_CONTENT_FORMAT.answer("a voucher request has Content-Format " + FORMAT.number());
    }
    if (!request.accepts(FORMAT)) {
      return ResourceRefusal.NO_ACCEPTABLE_FORMAT.answer("vouchers come in Content-Format " + FORMAT.number());
    }
    if (request.payload().isEmpty()) {
      return ResourceRefusal.EMPTY_BODY.answer("the request has no payload");
    }
    return vouchers
        .request(request.session(), new VoucherArtifact(VoucherFormat.COSE_CBOR, request.payload()), List.of(VoucherFormat.COSE_CBOR))
        .fold(VoucherResource::voucher, CodeTable::deferred, CodeTable::refuse);
  }

  private static CoapAnswer voucher(VoucherArtifact voucher) {
    return CoapAnswer.changed(FORMAT, voucher.bytes());
  }
}
