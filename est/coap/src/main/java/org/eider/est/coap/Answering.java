package org.eider.est.coap;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import org.eclipse.californium.core.coap.MessageObserverAdapter;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;

/** Completes a future with whatever becomes of a request. */
final class Answering extends MessageObserverAdapter {
  private final Request request;
  private final CompletableFuture<Response> answered;

  Answering(Request request, CompletableFuture<Response> answered) {
    this.request = request;
    this.answered = answered;
  }

  @Override
  public void onResponse(Response response) {
    answered.complete(response);
  }

  @Override
  public void onResponseHandlingError(Throwable cause) {
    answered.completeExceptionally(cause);
  }

  @Override
  public void onReject() {
    answered.completeExceptionally(new IOException("the server rejected the request"));
  }

  @Override
  public void onTimeout() {
    answered.completeExceptionally(new SocketTimeoutException("the server does not acknowledge the request"));
  }

  @Override
  public void onCancel() {
    answered.completeExceptionally(new IOException("the request was given up"));
  }

  @Override
  public void onSendError(Throwable error) {
    answered.completeExceptionally(error);
  }

  @Override
  public String toString() {
    return "answer to " + request.getCode();
  }
}
