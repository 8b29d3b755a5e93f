package org.eider.est.coap;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.californium.core.network.ExtendedCoapStackFactory;
import org.eclipse.californium.core.network.Outbox;
import org.eclipse.californium.core.network.stack.BaseCoapStack;
import org.eclipse.californium.core.network.stack.BlockwiseLayer;
import org.eclipse.californium.core.network.stack.CoapStack;
import org.eclipse.californium.core.network.stack.CongestionControlLayer;
import org.eclipse.californium.core.network.stack.ExchangeCleanupLayer;
import org.eclipse.californium.core.network.stack.Layer;
import org.eclipse.californium.elements.EndpointContextMatcher;
import org.eclipse.californium.elements.config.Configuration;

/** Californium's layers without observation, which nothing here offers, and with a layer of ours below the one that puts blocks together. */
@SuppressWarnings("deprecation") // what it has to implement extends what is deprecated
final class CoapStacks implements ExtendedCoapStackFactory {
  private final List<Layer> belowBlocks;

  CoapStacks(Layer... belowBlocks) {
    this.belowBlocks = List.of(belowBlocks);
  }

  @Override
  public CoapStack createCoapStack(String protocol, String tag, Configuration config, EndpointContextMatcher matcher, Outbox outbox,
      Object argument) {
    return new Stack(tag, config, matcher, outbox, belowBlocks);
  }

  @Override
  public CoapStack createCoapStack(String protocol, String tag, Configuration config, Outbox outbox, Object argument) {
    throw new UnsupportedOperationException("Californium 3.14 calls the other one");
  }

  private static final class Stack extends BaseCoapStack {
    Stack(String tag, Configuration config, EndpointContextMatcher matcher, Outbox outbox, List<Layer> belowBlocks) {
      super(outbox);
      List<Layer> layers = new ArrayList<>();
      layers.add(new ExchangeCleanupLayer(config));
      layers.add(new BlockwiseLayer(tag, false, config, matcher));
      layers.addAll(belowBlocks);
      layers.add(CongestionControlLayer.newImplementation(tag, config));
      setLayers(layers.toArray(Layer[]::new));
    }
  }
}
