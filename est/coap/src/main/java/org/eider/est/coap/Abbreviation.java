package org.eider.est.coap;

import java.util.OptionalInt;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;
import org.eclipse.californium.core.coap.option.IntegerOptionDefinition;
import org.eclipse.californium.core.coap.option.MapBasedOptionRegistry;
import org.eclipse.californium.core.coap.option.OptionRegistry;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;

/** The option Uri-Path-Abbrev (draft-ietf-core-uri-path-abbrev): a number that stands for a path; critical, 0 to 4 octets, at most once. */
final class Abbreviation {
  private static final int LONGEST = 4;

  private final IntegerOptionDefinition definition;

  Abbreviation(int option) {
    this.definition = new IntegerOptionDefinition(option, "Uri-Path-Abbrev", true, 0, LONGEST);
  }

  /** The options of RFCs, and this one: Californium rejects critical ones that are not here, as it should. */
  OptionRegistry registry() {
    return new MapBasedOptionRegistry(StandardOptionRegistry.STANDARD_OPTIONS, definition);
  }

  /** The number, if there is one; one of more than 31 bits is none that we know. */
  OptionalInt in(OptionSet options) {
    Option option = options.getOtherOption(definition);
    if (option == null) {
      return OptionalInt.empty();
    }
    long value = option.getLongValue();
    return OptionalInt.of(value > Integer.MAX_VALUE ? -1 : (int) value);
  }

  void put(OptionSet options, int number) {
    options.addOtherOption(definition.create(number));
  }

  void remove(OptionSet options) {
    options.clearOtherOption(definition);
  }
}
