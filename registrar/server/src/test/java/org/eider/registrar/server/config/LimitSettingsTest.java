package org.eider.registrar.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.eider.config.ConfigException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitSettingsTest {
  private static LimitSettings limits(String joinProxy) throws ConfigException {
    return ConfigFile.parse("limits: {join-proxies: [\"" + joinProxy + "\"]}", "limits.yaml").limits();
  }

  /** Whoever is in a network that is listed has as many accounts as that has addresses. */
  @ParameterizedTest
  @ValueSource(strings = {"2001:db8::/48", "2001:db8::/64", "2001:db8::/119", "::/0", "10.0.0.0/8", "192.0.2.0/23"})
  void networksOfMoreAddressesThanJoinProxiesHaveAreRefused(String wide) {
    assertThatThrownBy(() -> limits(wide)).isInstanceOf(ConfigException.class).hasMessageContaining("join-proxies")
        .hasMessageContaining("more than 256 addresses");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2001:db8::1", "2001:db8::/120", "192.0.2.7", "192.0.2.0/24"})
  void addressesAndSmallNetworksAreTaken(String small) throws ConfigException {
    assertThat(limits(small).joinProxies()).containsExactly(small);
  }
}
