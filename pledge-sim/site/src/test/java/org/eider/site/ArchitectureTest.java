package org.eider.site;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows of docs/decisions/0001-layout.md, over the compiled classes of all modules. */
class ArchitectureTest {
  private static final String[] TRANSPORT_AND_SQL = {
    "io.netty..", "org.eclipse.californium..", "java.sql..", "javax.sql..", "org.jdbi..", "com.zaxxer..", "org.h2..", "org.flywaydb..", "picocli.."
  };
  private static final JavaClasses EIDER =
      new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.eider");

  @Test
  void everyModuleIsSeen() {
    for (String module : new String[] {"wire", "pki", "limits", "est", "est.http", "est.coap", "cli", "voucher", "registrar", "registrar.store",
        "registrar.server", "registrar.server.http", "registrar.server.coap", "masa", "pledge", "site", "config", "jpy", "grasp", "mdns", "discovery", "proxy"}) {
      assertThat(EIDER.that(resideInAPackage("org.eider." + module))).as(module).isNotEmpty();
    }
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("org.eider.(**)").should().beFreeOfCycles().check(EIDER);
  }

  @Test
  void coreKnowsNoTransportAndNoSql() {
    noClasses().that(resideInAnyPackage("org.eider.wire", "org.eider.pki", "org.eider.limits", "org.eider.est", "org.eider.voucher", "org.eider.registrar"))
        .should().dependOnClassesThat(resideInAnyPackage(TRANSPORT_AND_SQL)).check(EIDER);
  }

  /** Whatever a device speaks, it is judged by the same code: that has no word for how the device came in. */
  @Test
  void coreHasNoNameOfATransport() throws IOException {
    Pattern transport = Pattern.compile("(?i)\\b(coaps?|dtls|https?|udp|tcp|netty|californium)|TLS (client|session|connection)");
    Path sources = Path.of(System.getProperty("eider.root", "../..")).resolve("registrar/core/src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      List<Path> core = files.filter(file -> file.toString().endsWith(".java") && !file.endsWith("package-info.java")).toList();
      assertThat(core).hasSizeGreaterThan(50);
      for (Path file : core) {
        assertThat(transport.matcher(Files.readString(file)).results().map(MatchResult::group)).as(file.getFileName().toString()).isEmpty();
      }
    }
  }

  @Test
  void theTwoTransportKitsDoNotSeeEachOther() {
    noClasses().that(resideInAPackage("org.eider.est.coap..")).should().dependOnClassesThat(resideInAnyPackage("org.eider.est.http..", "io.netty.."))
        .check(EIDER);
    noClasses().that(resideInAPackage("org.eider.est.http..")).should()
        .dependOnClassesThat(resideInAnyPackage("org.eider.est.coap..", "org.eclipse.californium..")).check(EIDER);
  }

  /** Everything above the kit could change to another implementation of CoAP. */
  @Test
  void onlyTheKitKnowsCalifornium() {
    noClasses().that(resideInAPackage("org.eider..")).and().resideOutsideOfPackage("org.eider.est.coap..")
        .should().dependOnClassesThat(resideInAPackage("org.eclipse.californium..")).check(EIDER);
  }

  @Test
  void simulatorsDoNotSeeTheRegistrar() {
    noClasses().that(resideInAnyPackage("org.eider.masa..", "org.eider.pledge.."))
        .should().dependOnClassesThat(resideInAPackage("org.eider.registrar..")).check(EIDER);
  }

  @Test
  void pledgeAndMasaDoNotSeeEachOther() {
    noClasses().that(resideInAPackage("org.eider.pledge..")).should().dependOnClassesThat(resideInAPackage("org.eider.masa..")).check(EIDER);
    noClasses().that(resideInAPackage("org.eider.masa..")).should().dependOnClassesThat(resideInAPackage("org.eider.pledge..")).check(EIDER);
  }

  @Test
  void joinProxyCarriesNoCrypto() {
    noClasses().that(resideInAnyPackage("org.eider.limits..", "org.eider.jpy..", "org.eider.grasp..", "org.eider.mdns..", "org.eider.discovery..", "org.eider.proxy.."))
        .should().dependOnClassesThat(resideInAPackage("org.bouncycastle..")).allowEmptyShould(true).check(EIDER);
  }

  @Test
  void frontEndsOfTheRegistrarDoNotSeeEachOther() {
    slices().matching("org.eider.registrar.server.(*)..").should().notDependOnEachOther()
        .ignoreDependency(alwaysTrue(), resideInAPackage("org.eider.registrar.server.config")).allowEmptyShould(true).check(EIDER);
  }

  @Test
  void logicDoesNotReadTheClock() {
    noClasses().that(resideInAnyPackage("org.eider.wire", "org.eider.pki", "org.eider.limits", "org.eider.est", "org.eider.voucher", "org.eider.registrar"))
        .should().callMethod(Instant.class, "now").orShould().callConstructor(Date.class).orShould().callMethod(Clock.class, "systemUTC")
        .orShould().callMethod(System.class, "currentTimeMillis").check(EIDER);
  }

  @Test
  void onlyMainPrints() {
    noClasses().that(resideInAPackage("org.eider..")).and().doNotHaveFullyQualifiedName(Main.class.getName())
        .and().doNotHaveFullyQualifiedName("org.eider.proxy.Main")
        .should().accessField(System.class, "out").orShould().accessField(System.class, "err").check(EIDER);
  }
}
