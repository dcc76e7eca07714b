/* The same requests made by a 32-bit program: structures, and so their numbers, are others. */
#include "family_storage.c"
