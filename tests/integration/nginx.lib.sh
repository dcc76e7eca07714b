# shellcheck shell=bash
# nginx for tests: two workers, on $port of the loopback. What traces it is the process $proctor.
# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
proctor=

# nginx_conf DIRECTORY ROOT [LINE]: prints a configuration that serves ROOT and writes nothing outside DIRECTORY.
nginx_conf() {
    cat <<EOS
${3:-}
worker_processes 2;
pid $1/nginx.pid;
error_log $1/nginx.errors;
events { worker_connections 256; }
http {
    access_log off; sendfile on;
    client_body_temp_path $1/t1; proxy_temp_path $1/t2; fastcgi_temp_path $1/t3; uwsgi_temp_path $1/t4; scgi_temp_path $1/t5;
    server { listen 127.0.0.1:$port; root $2; }
}
EOS
}

# The line by which the workers of root's nginx have no privileges.
nginx_user() {
    echo "user $(id -un 65534) $(id -gn 65534);"
}

# Until it answers; then its pid is in nginx.pid.
nginx_starts() {
    wait_until 'nginx answers' curl -sf -o /dev/null "http://127.0.0.1:$port/"
}

# Ends it in order; proctor has to end as it does.
nginx_stops() {
    kill -QUIT "$(cat nginx.pid)"
    wait "$proctor"
    status=$?
    expect_status 0
}
