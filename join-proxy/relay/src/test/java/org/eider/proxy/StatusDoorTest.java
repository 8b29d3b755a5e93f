package org.eider.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.eider.testkit.LogLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StatusDoorTest {
  @TempDir
  private Path folder;

  private Path file() {
    return folder.resolve("status.sock");
  }

  @Test
  void tellsEachWhoAsks() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    StatusDoor door = StatusDoor.open(file(), () -> Map.of("asked", asked.incrementAndGet()), System::nanoTime);
    assertThat(StatusDoor.ask(file()).path("asked").asInt()).isEqualTo(1);
    assertThat(StatusDoor.ask(file()).path("asked").asInt()).isEqualTo(2);
    door.close();
    assertThat(Files.exists(file())).isFalse();
  }

  @Test
  void waitsWhereNobodyCanBeLetInAndTellsOnce() throws Exception {
    AtomicInteger tried = new AtomicInteger();
    long begun = System.nanoTime();
    try (LogLines log = LogLines.of(StatusDoor.class); StatusDoor door = StatusDoor.open(file(), Map::of, () -> 0)) {
      door.serve(() -> {
        tried.incrementAndGet();
        throw new IOException("Too many open files");
      });
      await().atMost(Duration.ofSeconds(30)).until(() -> tried.get() >= 3);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1500));
      assertThat(log.texts()).containsExactly("status cannot be asked for now: Too many open files");
    }
  }

  @Test
  void anErrorOfItsOwnCostsOneAnswerAndNoMore() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    StatusDoor door = StatusDoor.open(file(), () -> {
      if (asked.incrementAndGet() == 1) {
        throw new IllegalStateException("not a status");
      }
      return Map.of("asked", asked.get());
    }, System::nanoTime);
    try (LogLines log = LogLines.of(StatusDoor.class)) {
      assertThat(StatusDoor.ask(file()).has("asked")).isFalse();
      assertThat(StatusDoor.ask(file()).path("asked").asInt()).isEqualTo(2);
      assertThat(log.texts()).containsExactly("status cannot be told");
    }
    door.close();
  }

  @Test
  void isDoneWhenTheDoorIsClosed() throws Exception {
    AtomicInteger tried = new AtomicInteger();
    try (StatusDoor door = StatusDoor.open(file(), Map::of, () -> 0)) {
      door.serve(() -> {
        tried.incrementAndGet();
        throw new ClosedChannelException();
      });
      await().until(() -> tried.get() == 1);
    }
    assertThat(tried).hasValue(1);
  }
}
