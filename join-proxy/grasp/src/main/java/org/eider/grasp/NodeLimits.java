package org.eider.grasp;

/**
 * What peers may cost a node.
 *
 * @param messageSize greatest message in octets
 * @param receivedPerSecond messages that are read from one link in a second
 * @param relayedPerSecond messages that are passed on in a second, over all
 * @param entriesPerName objectives that are kept for each name that is wanted
 * @param otherEntries objectives that are kept of all other names together
 * @param connections TCP connections at a time
 * @param connectionsPerPeer of these, from one address
 */
public record NodeLimits(int messageSize, int receivedPerSecond, int relayedPerSecond, int entriesPerName, int otherEntries,
    int connections, int connectionsPerPeer) {
  /** For the smallest box of a cell. */
  public static final NodeLimits STANDARD = new NodeLimits(GraspCodec.DEFAULT_LIMIT, 2_000, 50, 256, 1_024, 32, 8);

  /** Rejects what would let nothing in. */
  public NodeLimits {
    if (messageSize < 64 || receivedPerSecond < 1 || relayedPerSecond < 1 || entriesPerName < 1 || otherEntries < 0 || connections < 1
        || connectionsPerPeer < 1) {
      throw new IllegalArgumentException("limits of a node are positive");
    }
  }
}
