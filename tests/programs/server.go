// An HTTP server and the load on it in one program of many threads: server SECONDS. Goroutines that never yield
// make the runtime send itself SIGURG all the time. Prints whether every answer was right.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

func spin(stop *int32) {
	n := 0
	for atomic.LoadInt32(stop) == 0 {
		for i := 0; i < 1000000; i++ {
			n += i
		}
	}
	_ = n
}

func ask(url string, until time.Time, right, wrong *int64) {
	client := &http.Client{Transport: &http.Transport{}}
	for time.Now().Before(until) {
		answer, err := client.Get(url)
		if err != nil {
			atomic.AddInt64(wrong, 1)
			continue
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || string(body) != "hello\n" {
			atomic.AddInt64(wrong, 1)
		} else {
			atomic.AddInt64(right, 1)
		}
	}
}

func main() {
	seconds, _ := strconv.ParseFloat(os.Args[1], 64)
	runtime.GOMAXPROCS(8)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "hello\n")
	}))
	var stop int32
	var right, wrong int64
	var clients sync.WaitGroup
	until := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	go spin(&stop)
	for i := 0; i < 8; i++ {
		clients.Add(1)
		go func() {
			defer clients.Done()
			ask("http://"+listener.Addr().String()+"/", until, &right, &wrong)
		}()
	}
	clients.Wait()
	atomic.StoreInt32(&stop, 1)
	fmt.Printf("some answers: %v, wrong: %d\n", right > 0, wrong)
	if wrong > 0 {
		os.Exit(1)
	}
}
