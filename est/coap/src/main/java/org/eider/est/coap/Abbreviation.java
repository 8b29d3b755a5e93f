package org.eider.est.coap;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
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
  private OptionalInt in(OptionSet options) {
    Option option = options.getOtherOption(definition);
    if (option == null) {
      return OptionalInt.empty();
    }
    long value = option.getLongValue();
    return OptionalInt.of(value > Integer.MAX_VALUE ? -1 : (int) value);
  }

  /**
   * Spells an abbreviated path out.
   *
   * @param known the path of a number
   * @return why the request cannot be served: a number that nobody knows, or one beside a path
   */
  Optional<CoapAnswer> spellOut(OptionSet options, IntFunction<Optional<String>> known) {
    OptionalInt number = in(options);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> path = options.getURIPathCount() > 0 ? Optional.empty() : known.apply(number.getAsInt());
    if (path.isEmpty()) {
      return Optional.of(KitRefusal.UNKNOWN_ABBREVIATION.answer("no path, or two of them"));
    }
    remove(options);
    options.setUriPath(path.get());
    return Optional.empty();
  }

  void put(OptionSet options, int number) {
    options.addOtherOption(definition.create(number));
  }

  private void remove(OptionSet options) {
    options.clearOtherOption(definition);
  }
}
