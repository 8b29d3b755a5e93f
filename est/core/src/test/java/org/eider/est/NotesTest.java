package org.eider.est;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NotesTest {
  private final Notes notes = new Notes();

  @Test
  void keysStandInTheOrderInWhichTheyCame() {
    notes.put("b", "1");
    notes.put("a", "2");
    notes.put("b", "3");
    assertThat(notes.all()).hasToString("{b=3, a=2}");
  }

  @Test
  void whatCannotBeSeenOrQuotesIsReplaced() {
    notes.put("detail", "a\r\nb\u202e\u2028\u001b\"\\é\ud800");
    assertThat(notes.value("detail")).contains("a??b?????é?");
  }

  @Test
  void aLongValueIsCutBetweenCharacters() {
    notes.put("detail", "😀".repeat(201));
    assertThat(notes.value("detail")).contains("😀".repeat(199) + "…");
    notes.put("detail", "😀".repeat(200));
    assertThat(notes.value("detail")).contains("😀".repeat(200));
  }

  @Test
  void furtherKeysThanTheBoundAreDroppedAndKnownOnesStillChange() {
    for (int i = 0; i < 100; i++) {
      notes.put("k" + i, "v");
    }
    notes.put("k0", "w");
    assertThat(notes.all()).hasSize(Notes.MOST).containsEntry("k0", "w").doesNotContainKey("k" + Notes.MOST);
  }
}
