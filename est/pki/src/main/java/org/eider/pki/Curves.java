package org.eider.pki;

import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;

/** Tells named curves apart by their parameters, since providers name them differently. */
final class Curves {
  private Curves() {}

  static boolean isOn(ECPublicKey key, String curve) {
    ECParameterSpec own = key.getParams();
    if (own == null) {
      return false;
    }
    try {
      AlgorithmParameters named = AlgorithmParameters.getInstance("EC", Bc.PROVIDER);
      named.init(new ECGenParameterSpec(curve));
      ECParameterSpec spec = named.getParameterSpec(ECParameterSpec.class);
      return spec.getOrder().equals(own.getOrder())
          && spec.getCurve().equals(own.getCurve())
          && spec.getGenerator().equals(own.getGenerator());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Bouncy Castle has curve " + curve, e);
    }
  }
}
