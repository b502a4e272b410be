/** @file
 * Marks: what a function may do that its callers have to be ready for. They expand to nothing;
 * scripts/marks.lua (`make lint`) checks them. A caller of a marked function has a mark itself: the
 * one for all that it may do. A function without a mark raises no Lua error and runs no Lua, so it
 * may be called while something is held that a jump would leak, or walked over that Lua code could
 * change. Callbacks raise no error, either; those that wake tasks have LOOP_STEPS.
 *
 * A mark is the first word of a declaration: in the header, or of a static function wherever that
 * is declared or defined. Functions that Lua calls may do everything, and have none.
 *
 * Where Lua allocates memory, finalizers may run: LUA_RAISES does not exclude them. Functions that
 * must not be interrupted even so run by lundisturbed_call() (bind/base/lundisturbed.h). */
#ifndef PYRO_BIND_BASE_MARKS_H
#define PYRO_BIND_BASE_MARKS_H

/** May raise a Lua error, if only for want of memory: leaves by longjmp. */
#define LUA_RAISES

/** May run Lua code, and so raise any error, and step the loop. */
#define LUA_RUNS

/** May run Lua code in protected calls or in tasks, as each step of the loop does. Raises no error.
 */
#define LOOP_STEPS

#endif
