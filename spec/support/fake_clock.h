/* A clock that only a test moves. C tests link it: what asks the system for the time, our code or
 * libuv, gets the fake one.
 *
 *     fake_clock_start();
 *     pyro_timer_start(timer, 60);
 *     fake_clock_advance(59);
 *     pyro_loop_step(loop, 0);         // nothing yet
 *     fake_clock_advance(1.01);
 *     pyro_loop_step(loop, 0);         // the timer's completion runs
 *     fake_clock_stop();
 *
 * A step that would wait with a timeout does not sleep: where no descriptor is ready, the clock
 * jumps to the end of the wait. So `pyro_loop_step(loop, 60)`, or a blocking call with a timeout of
 * 60 s, returns at once, and 60 s have passed. The scripted peer (scripted_peer.h) never moves the
 * clock. Steps without a timeout, and without a timer, wait for real.
 *
 * Monotonic and real time are fake; the time that a processor has worked is not. */
#ifndef FAKE_CLOCK_H
#define FAKE_CLOCK_H

#include <stdbool.h>

/* Stops the clock; the monotonic one at its next full second, so that numbers of seconds such as
 * 0.5 are exact. */
void fake_clock_start(void);

/* Moves it on. */
void fake_clock_advance(double seconds);

/* Returns how far the clock moved since fake_clock_start(), also by jumps. */
double fake_clock_passed(void);

/* Returns to the real clock. Harmless where that is in use. */
void fake_clock_stop(void);

bool fake_clock_is_on(void);

/* Returns real monotonic seconds, for ceilings of tests. */
double real_seconds(void);

#endif
