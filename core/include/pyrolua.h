/** @file
 * The public header of pyrolua: remote objects as Pyro has them, for Lua and C. */
#ifndef PYROLUA_H
#define PYROLUA_H

#define PYROLUA_VERSION_MAJOR 0
#define PYROLUA_VERSION_MINOR 1
#define PYROLUA_VERSION_PATCH 0
#define PYROLUA_VERSION "0.1.0"

#endif
