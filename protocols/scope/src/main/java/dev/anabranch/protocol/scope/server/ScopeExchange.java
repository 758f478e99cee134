package dev.anabranch.protocol.scope.server;

import dev.anabranch.kernel.Answer;
import dev.anabranch.kernel.grant.Caller;
import dev.anabranch.kernel.log.Fault;
import dev.anabranch.kernel.store.StoreFailure;
import dev.anabranch.link.Exchange;
import dev.anabranch.link.HttpAnswer;
import dev.anabranch.link.HttpRequest;
import dev.anabranch.protocol.scope.wire.Problem;
import dev.anabranch.protocol.scope.wire.Refusal;
import dev.anabranch.protocol.scope.wire.ScopeBodies;
import dev.anabranch.protocol.scope.wire.ScopeFault;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// One request whose caller is known, and its way back: the HTTP counterpart of [SessionLink], and
/// the one place that catches failures.
final class ScopeExchange {
  /// When to try again after the server could not, in seconds.
  private static final long RETRY_SECONDS = 1;

  private final HttpRequest request;
  private final Exchange exchange;
  private final ScopeSession.Surroundings here;
  private final Caller caller;
  private final AtomicBoolean answered = new AtomicBoolean();

  ScopeExchange(
      HttpRequest request, Exchange exchange, ScopeSession.Surroundings here, Caller caller) {
    this.request = request;
    this.exchange = exchange;
    this.here = here;
    this.caller = caller;
  }

  HttpRequest request() {
    return request;
  }

  Caller caller() {
    return caller;
  }

  Exchange exchange() {
    return exchange;
  }

  QueryReader query() {
    return new QueryReader(request.target());
  }

  /// Whether this is the first to answer; whoever is not must stay silent.
  boolean claim() {
    return answered.compareAndSet(false, true);
  }

  /// Answers with JSON that nobody may keep.
  void json(int status, String body) {
    answer(json(body, status).with("Cache-Control", "no-store"));
  }

  void answer(HttpAnswer answer) {
    if (claim()) {
      exchange.answer(answer);
    }
  }

  void refuse(ScopeFault fault, String detail) {
    refuse(new Refusal(fault, detail));
  }

  void refuse(Refusal refusal) {
    refuse(Problem.of(refusal));
  }

  void refuse(Problem problem) {
    ScopeFault.ofCode(problem.code()).ifPresent(here.observer()::refused);
    answer(problem(problem));
  }

  /// Goes on with what the kernel gives; a no is answered here, a lost store too.
  <T> void ask(CompletionStage<Answer<T>> stage, Consumer<T> next) {
    then(
        stage,
        answer -> {
          switch (answer) {
            case Answer.Given<T>(T value) -> next.accept(value);
            case Answer.Refused<T>(Fault fault) -> refuse(ScopeChanges.refusal(fault));
          }
        });
  }

  /// Goes on with what a stage gives, on the thread that gives it.
  <T> void then(CompletionStage<T> stage, Consumer<T> next) {
    stage.whenComplete((value, failure) -> {
      if (failure == null) {
        run(() -> next.accept(value));
      } else {
        broke(SessionLink.causeOf(failure));
      }
    });
  }

  void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException failure) {
      broke(failure);
    }
  }

  void broke(Throwable failure) {
    if (failure instanceof StoreFailure) {
      refuse(ScopeFault.UNAVAILABLE, "the server's database is away; try again in a moment");
      return;
    }
    here.observer().failed(failure);
    refuse(ScopeFault.INTERNAL, "something broke on our side");
  }

  static HttpAnswer json(String body, int status) {
    return HttpAnswer.json(status, body.getBytes(StandardCharsets.UTF_8));
  }

  /// A problem as an answer that nobody may keep.
  static HttpAnswer problem(Problem problem) {
    HttpAnswer answer =
        HttpAnswer.of(
                problem.status(),
                ScopeBodies.PROBLEM,
                ScopeBodies.encode(problem).getBytes(StandardCharsets.UTF_8))
            .with("Cache-Control", "no-store");
    return switch (problem.status()) {
      case 401 -> answer.with("WWW-Authenticate", "Bearer");
      case 503 -> answer.with("Retry-After", Long.toString(RETRY_SECONDS));
      default -> answer;
    };
  }
}
