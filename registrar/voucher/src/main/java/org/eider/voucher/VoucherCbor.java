package org.eider.voucher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.eider.voucher.Leaf.Module;
import org.eider.wire.CborItem;
import org.eider.wire.CborMap;
import org.eider.wire.CborWriter;
import org.eider.wire.DecodeException;
import org.eider.wire.DecodeException.Flaw;
import org.eider.wire.Octets;
import org.eider.wire.StrictJson;

/**
 * The YANG-CBOR encoding (RFC 9254) of the modules ietf-voucher and ietf-voucher-request. Written definite, with numbers in ascending order
 * or with names. Read in any mixture of differences, absolute numbers (tag 47) and names; a leaf that is there twice, by whatever keys, is
 * refused, an unknown one ignored (RFC 8366bis section 6). Never is a table of one module used on the other.
 */
public final class VoucherCbor {
  /** Greatest encoding that is read, in octets. */
  public static final int MAX_SIZE = 64 * 1024;

  private static final long ABSOLUTE_SID = 47;

  private VoucherCbor() {}

  /**
   * What was read.
   *
   * @param value the voucher or request
   * @param style how its members are named; names only where nothing is a number
   */
  public record Decoded<T>(T value, KeyStyle style) {}

  /** The encoding of a voucher. */
  public static Octets encode(Voucher voucher, KeyStyle style) {
    return encode(Module.VOUCHER, Leaves.of(voucher), style);
  }

  /** The encoding of a request. */
  public static Octets encode(VoucherRequest request, KeyStyle style) {
    return encode(Module.REQUEST, Leaves.of(request), style);
  }

  /** Reads a voucher. */
  public static Decoded<Voucher> voucher(Octets cbor) throws DecodeException {
    Reader reader = new Reader(Module.VOUCHER, cbor);
    return new Decoded<>(reader.leaves.voucher(), reader.style());
  }

  /** Reads a request. */
  public static Decoded<VoucherRequest> request(Octets cbor) throws DecodeException {
    Reader reader = new Reader(Module.REQUEST, cbor);
    return new Decoded<>(reader.leaves.request(), reader.style());
  }

  /**
   * A voucher or request as it would stand in JSON, for people: every member of it, unknown ones too, by name where there is one and by
   * number otherwise; what JSON has no form for, in diagnostic notation.
   */
  public static ObjectNode asJson(Octets cbor) throws DecodeException {
    Reader reader = either(cbor);
    ObjectNode top = StrictJson.newObject();
    ObjectNode container = top.putObject(reader.module.container());
    for (Member member : reader.members) {
      container.set(member.leaf().map(Leaf::label).orElseGet(member.key()::diagnostic), LeafCbor.shown(member.leaf(), member.value()));
    }
    return top;
  }

  /** How the members of a voucher or request are named. */
  public static KeyStyle style(Octets cbor) throws DecodeException {
    return either(cbor).style();
  }

  /** A voucher, or else a request: no top-level member is of both. */
  private static Reader either(Octets cbor) throws DecodeException {
    try {
      Reader voucher = new Reader(Module.VOUCHER, cbor);
      voucher.leaves.voucher();
      return voucher;
    } catch (DecodeException e) {
      if (e.flaw() != Flaw.MISSING || !e.path().equals(Module.VOUCHER.container())) {
        throw e;
      }
      Reader request = new Reader(Module.REQUEST, cbor);
      request.leaves.request();
      return request;
    }
  }

  /** A leaf without a number in that revision goes by its name: both may stand in one map. */
  private static Octets encode(Module module, Leaves leaves, KeyStyle style) {
    Map<Key, Runnable> members = new TreeMap<>(Comparator.comparing(Key::sid).thenComparing(Key::label));
    CborWriter out = new CborWriter().map(1);
    leaves.forEach((leaf, value) -> {
      Key key = Key.of(module, leaf, style);
      members.put(key, () -> {
        key.write(out, style.revision().container(module));
        LeafCbor.write(out, leaf.type(), value);
      });
    });
    switch (style.keys()) {
      case SIDS -> out.integer(style.revision().container(module));
      case NAMES -> out.text(module.container());
    }
    out.map(members.size());
    members.values().forEach(Runnable::run);
    return out.toOctets();
  }

  /** What stands for a leaf when it is written; a name where the number is {@code Long.MAX_VALUE}. */
  private record Key(Long sid, String label) {
    static Key of(Module module, Leaf leaf, KeyStyle style) {
      OptionalLong sid = style.keys() == KeyStyle.Keys.SIDS ? style.revision().sid(module, leaf) : OptionalLong.empty();
      return new Key(sid.orElse(Long.MAX_VALUE), leaf.label());
    }

    void write(CborWriter out, long container) {
      if (sid == Long.MAX_VALUE) {
        out.text(label);
      } else {
        out.integer(sid - container);
      }
    }
  }

  /** One member as it stands there, and the leaf that its key is of. */
  private record Member(Optional<Leaf> leaf, CborItem key, CborItem value) {}

  /** One encoding, read. */
  private static final class Reader {
    final Leaves leaves = new Leaves();
    final List<Member> members = new ArrayList<>();
    final Module module;
    private final SidRevision revision;
    private final Set<Object> seen = new HashSet<>();
    private boolean numbers;

    Reader(Module module, Octets cbor) throws DecodeException {
      this.module = module;
      CborMap top = CborItem.read(cbor, MAX_SIZE).map("");
      if (top.size() != 1) {
        throw new DecodeException(Flaw.UNEXPECTED, "", "not one top-level member " + module.container());
      }
      CborMap.Entry container = top.entries().get(0);
      this.revision = revision(container.key());
      for (CborMap.Entry member : container.value().map(module.container()).entries()) {
        read(member);
      }
    }

    KeyStyle style() {
      return new KeyStyle(numbers ? KeyStyle.Keys.SIDS : KeyStyle.Keys.NAMES, revision);
    }

    private SidRevision revision(CborItem key) throws DecodeException {
      if (key.isText()) {
        if (!key.text("").equals(module.container())) {
          throw none();
        }
        return SidRevision.newest();
      }
      return SidRevision.ofContainer(module, sid(key, 0)).orElseThrow(this::none);
    }

    private DecodeException none() {
      return new DecodeException(Flaw.MISSING, module.container(), "no such member at the top of the CBOR");
    }

    private void read(CborMap.Entry member) throws DecodeException {
      Optional<Leaf> leaf = leaf(member.key());
      members.add(new Member(leaf, member.key(), member.value()));
      if (leaf.filter(known -> known.isKeptIn(module)).isPresent()) {
        String path = module.container() + "/" + leaf.get().label();
        leaves.put(leaf.get(), LeafCbor.read(leaf.get().type(), member.value(), path, revision));
      }
    }

    private Optional<Leaf> leaf(CborItem key) throws DecodeException {
      if (key.isText()) {
        String name = key.text(module.container());
        String own = module.moduleName() + ":";
        String label = name.startsWith(own) ? name.substring(own.length()) : name;
        return once(Leaf.ofLabel(label), label);
      }
      long sid = sid(key, revision.container(module));
      return once(revision.leaf(module, sid), sid);
    }

    private Optional<Leaf> once(Optional<Leaf> leaf, Object otherwise) throws DecodeException {
      if (!seen.add(leaf.<Object>map(known -> known).orElse(otherwise))) {
        throw new DecodeException(Flaw.DUPLICATE_KEY, module.container(), "a member that is there twice");
      }
      return leaf;
    }

    /** A difference to {@code parent}, or with tag 47 the number itself. */
    private long sid(CborItem key, long parent) throws DecodeException {
      numbers = true;
      OptionalLong tag = key.tag();
      if (tag.isPresent() && tag.getAsLong() == ABSOLUTE_SID) {
        return key.untagged().unsigned(module.container());
      }
      try {
        return Math.addExact(parent, key.integer(module.container()));
      } catch (ArithmeticException e) {
        throw new DecodeException(Flaw.OUT_OF_RANGE, module.container(), "a SID beyond 63 bits", e);
      }
    }
  }
}
