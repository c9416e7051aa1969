// Package compose checks docker-compose.yaml against the repository: every program, flag, port,
// variable, health check and file that it names must exist.
package compose

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// File is the compose file's name, below the root.
const File = "docker-compose.yaml"

// Load reads a compose file as compose does: it checks the schema, which allows only its own keys,
// and that all references are declared. Variables of the caller do not reach it.
func Load(ctx context.Context, root string, content []byte) (*types.Project, error) {
	details := types.ConfigDetails{
		WorkingDir:  root,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(root, File), Content: content}},
		Environment: types.Mapping{},
	}
	project, err := loader.LoadWithContext(ctx, details, func(o *loader.Options) {
		o.SetProjectName("tack", true)
		o.ResolvePaths = true
	})
	if err != nil {
		return nil, fmt.Errorf("loading %s: %w", File, err)
	}
	return project, nil
}
