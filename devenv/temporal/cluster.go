package main

import (
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// superuser is PostgreSQL's user for Temporal.
const superuser = "temporal"

// servePostgres becomes a PostgreSQL server on loopback. It creates the database cluster at the
// first start. Everybody on the machine reaches loopback, and a superuser runs commands as the
// server's user, so the server requires the password from the file beside the cluster.
func servePostgres(args []string) error {
	f := flag.NewFlagSet("temporal postgres", flag.ContinueOnError)
	dir := f.String("dir", "", "folder of the database cluster, the socket's folder and the password")
	port := f.Int("port", 0, "port on 127.0.0.1")
	if err := f.Parse(args); err != nil {
		return err
	}
	bin, err := findPostgres()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*dir, 0o700); err != nil {
		return fmt.Errorf("creating the folder of the database: %w", err)
	}
	if err := writePassword(passwordFile(*dir)); err != nil {
		return err
	}
	if err := stopBeingRoot(*dir); err != nil {
		return err
	}
	// PostgreSQL opens its working folder, which may belong to the caller alone.
	if err := os.Chdir(*dir); err != nil {
		return fmt.Errorf("entering %s, which PostgreSQL's user must reach: %w", *dir, err)
	}
	cluster := filepath.Join(*dir, "cluster")
	if err := initCluster(bin, cluster, passwordFile(*dir)); err != nil {
		return err
	}
	server := filepath.Join(bin, "postgres")
	// No socket: its path may be longer than the 107 bytes that Linux allows. Temporal opens one
	// pool of connections for each service and store.
	return syscall.Exec(server, []string{
		server, "-D", cluster, "-p", strconv.Itoa(*port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300",
	}, os.Environ())
}

func passwordFile(dir string) string { return filepath.Join(dir, "password") }

// findPostgres returns the folder of postgres and initdb. Debian keeps them out of PATH.
func findPostgres() (string, error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(path))
		}
	}
	for i := len(folders) - 1; i >= 0; i-- { // PATH first, then the newest
		if _, err := os.Stat(filepath.Join(folders[i], "initdb")); err == nil {
			return folders[i], nil
		}
	}
	return "", errors.New("finding PostgreSQL: neither PATH nor /usr/lib/postgresql/*/bin has postgres and initdb; install the package postgresql")
}

// writePassword writes a random password, unless the file exists.
func writePassword(file string) error {
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("creating the password of PostgreSQL: %w", err)
	}
	_, err = out.WriteString(rand.Text())
	return errors.Join(err, out.Close())
}

// stopBeingRoot gives dir to an unprivileged user and continues as that user, because PostgreSQL
// refuses to run as root.
func stopBeingRoot(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		if who, err = user.Lookup("nobody"); err != nil {
			return fmt.Errorf("finding a user for PostgreSQL, which refuses to run as root: %w", err)
		}
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	for _, path := range []string{dir, passwordFile(dir)} {
		if err := os.Chown(path, uid, gid); err != nil {
			return fmt.Errorf("giving %s to the user %s: %w", path, who.Username, err)
		}
	}
	if err := errors.Join(syscall.Setgroups([]int{gid}), syscall.Setgid(gid), syscall.Setuid(uid)); err != nil {
		return fmt.Errorf("becoming the user %s: %w", who.Username, err)
	}
	return nil
}

// initCluster creates the cluster under another name first. A killed initdb therefore leaves
// nothing that looks complete.
func initCluster(bin, cluster, password string) error {
	if _, err := os.Stat(cluster); err == nil {
		return nil
	}
	young := cluster + ".new"
	if err := os.RemoveAll(young); err != nil {
		return fmt.Errorf("dropping an incomplete cluster: %w", err)
	}
	out, err := exec.Command(filepath.Join(bin, "initdb"), "-D", young, "-U", superuser, "-E", "UTF8",
		"--locale=C", "--auth=scram-sha-256", "--pwfile="+password).CombinedOutput()
	if err != nil {
		return fmt.Errorf("creating the cluster %s: %w\n%s", young, err, out)
	}
	return os.Rename(young, cluster)
}
