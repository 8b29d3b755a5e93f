package org.eider.pki;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.util.Map;

/** Tells named curves apart by their parameters, since providers name them differently. */
final class Curves {
  private static final Map<String, ECParameterSpec> KNOWN =
      Map.of("secp256r1", named("secp256r1"), "secp384r1", named("secp384r1"), "secp521r1", named("secp521r1"));

  private Curves() {}

  static boolean isOn(ECPublicKey key, String curve) {
    ECParameterSpec own = key.getParams();
    ECParameterSpec spec = KNOWN.get(curve);
    return own != null
        && spec.getOrder().equals(own.getOrder())
        && spec.getCurve().equals(own.getCurve())
        && spec.getGenerator().equals(own.getGenerator());
  }

  private static ECParameterSpec named(String curve) {
    try {
      AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC", Bc.PROVIDER);
      parameters.init(new ECGenParameterSpec(curve));
      return parameters.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Bouncy Castle has curve " + curve, e);
    }
  }
}
