/**
 * What peers may use, for whoever listens: {@link org.eider.limits.Gate} for connections, {@link org.eider.limits.Quota} for what one
 * source does, {@link org.eider.limits.LineBudget} for what is logged of it. No transport, no cryptography.
 */
package org.eider.limits;
