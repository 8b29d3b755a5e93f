package org.eider.pledge;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eider.discovery.Method;
import org.eider.pki.KeyType;
import org.eider.pki.SerialNumberProfile;
import org.eider.wire.DecodeException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The words that option values are made of. */
final class Words {
  private Words() {}

  /** {@code https://HOST:PORT} or {@code coaps://HOST:PORT}. */
  static final class Registrar implements ITypeConverter<RegistrarAddress> {
    @Override
    public RegistrarAddress convert(String word) {
      try {
        return RegistrarAddress.parse(word);
      } catch (DecodeException e) {
        throw new TypeConversionException("'" + word + "': " + e.getMessage());
      }
    }
  }

  /** What one word stands for; picocli would take a set for several. */
  record Methods(Set<Method> all) {}

  /** {@code grasp}, {@code mdns}, {@code coap}, or {@code auto} for all of them. */
  static final class Discovery implements ITypeConverter<Methods> {
    @Override
    public Methods convert(String word) {
      if (word.equals("auto")) {
        return new Methods(EnumSet.allOf(Method.class));
      }
      return Method.of(word).map(EnumSet::of).map(Methods::new)
          .orElseThrow(() -> new TypeConversionException("'" + word + "' is none of grasp, mdns, coap and auto"));
    }
  }

  /** {@code tls} or {@code coaps}. */
  static final class Transport implements ITypeConverter<RegistrarAddress.Scheme> {
    @Override
    public RegistrarAddress.Scheme convert(String word) {
      return switch (word) {
        case "tls" -> RegistrarAddress.Scheme.HTTPS;
        case "coaps" -> RegistrarAddress.Scheme.COAPS;
        default -> throw new TypeConversionException("'" + word + "' is neither tls nor coaps");
      };
    }
  }

  /** {@code 1.2} or {@code 1.3}. */
  static final class Tls implements ITypeConverter<String> {
    @Override
    public String convert(String word) {
      return switch (word) {
        case "1.2" -> "TLSv1.2";
        case "1.3" -> "TLSv1.3";
        default -> throw new TypeConversionException("'" + word + "' is neither 1.2 nor 1.3");
      };
    }
  }

  /** A {@link KeyType#label()}. */
  static final class Key implements ITypeConverter<KeyType> {
    @Override
    public KeyType convert(String word) {
      return KeyType.ofLabel(word).orElseThrow(() -> new TypeConversionException(
          "'" + word + "' is none of " + Arrays.stream(KeyType.values()).map(KeyType::label).collect(Collectors.joining(", "))));
    }
  }

  /** A number from 1. */
  static final class Count implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String word) {
      if (!word.matches("[1-9][0-9]{0,5}")) {
        throw new TypeConversionException("'" + word + "' is not a number from 1 to 999999");
      }
      return Integer.valueOf(word);
    }
  }

  /** {@code 90s}, {@code 10m}, {@code 2h}, {@code 4d}. */
  static final class Time implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,6})([smhd])");
    private static final Map<String, Duration> UNITS =
        Map.of("s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    @Override
    public Duration convert(String word) {
      Matcher parts = FORM.matcher(word);
      if (!parts.matches()) {
        throw new TypeConversionException("'" + word + "' is not a time such as 90s, 10m, 2h or 4d");
      }
      return UNITS.get(parts.group(2)).multipliedBy(Long.parseLong(parts.group(1)));
    }
  }

  /** A {@link Proximity#label()}. */
  static final class Leaf implements ITypeConverter<Proximity> {
    @Override
    public Proximity convert(String word) {
      return Proximity.ofLabel(word).orElseThrow(() -> new TypeConversionException("'" + word + "' is none of cert, pubk, pubk-sha256"));
    }
  }

  /** Where a serial number stands. */
  static final class Serial implements ITypeConverter<SerialNumberProfile> {
    @Override
    public SerialNumberProfile convert(String word) {
      return switch (word) {
        case "subject" -> SerialNumberProfile.SUBJECT_SERIAL_NUMBER;
        case "hardware-module-name" -> SerialNumberProfile.HARDWARE_MODULE_NAME;
        case "cisco-sudi" -> SerialNumberProfile.CISCO_SUDI;
        default -> throw new TypeConversionException("'" + word + "' is none of subject, hardware-module-name, cisco-sudi");
      };
    }
  }

  /** A {@link Mischief#label()}. */
  static final class Wrong implements ITypeConverter<Mischief> {
    @Override
    public Mischief convert(String word) {
      Optional<Mischief> mischief = Mischief.ofLabel(word);
      return mischief.orElseThrow(() -> new TypeConversionException("'" + word + "' is none of " + String.join(", ", Mischief.labels())));
    }
  }
}
