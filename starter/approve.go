package main

import (
	"context"
	"fmt"
	"os"
	"os/user"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// approve approves what an object waits for, in the name of the person who runs the command.
func (f following) approve(ctx context.Context, ref resource.Ref) error {
	who, err := person()
	if err != nil {
		return fmt.Errorf("approving %s: %w", ref, err)
	}
	run, err := workflows.StartApproval(ctx, f.client, resource.Approval{Ref: ref, By: who})
	if err = answer(ctx, run, err, nil); err != nil {
		return fmt.Errorf("approving %s: %w", ref, err)
	}
	fmt.Fprintf(f.out, "%s approved what %s waits for\n", who, ref)
	return nil
}

// person names who runs the command, and on which machine.
func person() (string, error) {
	who, err := user.Current()
	if err != nil {
		return "", fmt.Errorf("finding who runs the command: %w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return "", fmt.Errorf("finding the name of this machine: %w", err)
	}
	return who.Username + "@" + host, nil
}
