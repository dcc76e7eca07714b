/* Getters of fd.*. */
#ifndef PROCTOR_POLICY_FIELD_FD_H
#define PROCTOR_POLICY_FIELD_FD_H

#include "policy/fields.h"

field_get get_fd_num, get_fd_string, get_fd_text, get_fd_char, get_fd_ip, get_fd_any_ip, get_fd_port,
    get_fd_any_port, get_fd_flag, get_fd_int64, get_fd_directory, get_fd_filename, get_fd_dev;

#endif
