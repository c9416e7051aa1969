package ec2

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createTemplate  = defaults.Creates(describe.LaunchTemplates, (*awsec2.Client).CreateLaunchTemplate)
	createVersion   = call.To("CreateVersion", (*awsec2.Client).CreateLaunchTemplateVersion)
	setDefault      = call.To("SetDefaultVersion", (*awsec2.Client).ModifyLaunchTemplate)
	deleteTemplate  = call.Delete((*awsec2.Client).DeleteLaunchTemplate).AtOnce()
	templateRequest = shape.Request[awsec2.CreateLaunchTemplateInput, ec2v1alpha1.LaunchTemplateSpec](
		shape.As("name", "LaunchTemplateName"), shape.As("data", "LaunchTemplateData"), shape.Out("defaultVersion"))
)

// launchTemplate is a template with its latest version, which AWS shows by another call.
type launchTemplate struct {
	types.LaunchTemplate
	latest types.LaunchTemplateVersion
}

// LaunchTemplate manages a launch template. AWS changes no version: other data is a new version.
func LaunchTemplate() kind.Kind {
	return defaults.Of(describe.LaunchTemplates, createTemplate, deleteTemplate, defaults.Definition[ec2v1alpha1.LaunchTemplateSpec, launchTemplate]{
		Kind:   "ec2.LaunchTemplate",
		Check:  checkTemplate,
		Advise: adviseTemplate,
		Find:   describe.Finder(describe.LaunchTemplates, withLatest),
		Facts:  templateFacts,
		Create: defaults.Sends(createTemplate, requestTemplate),
		Plan:   planTemplate,
		Status: shape.Shown[ec2v1alpha1.LaunchTemplateStatus, launchTemplate](shape.As("latestVersion", "LatestVersionNumber")),
		Spec:   describedTemplate,
		Fixed:  fixed.Fields[ec2v1alpha1.LaunchTemplateSpec, launchTemplate]{}.As("name", "LaunchTemplateName"),
		Calls:  call.All(createVersion, setDefault),

		Secrets:    []string{"UserData"},
		Unique:     []string{"name"},
		NaturalKey: true, // the token, and the name
		Named:      namedTemplates,
	})
}

// withLatest adds the latest version, to which the spec is compared.
func withLatest(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.LaunchTemplateSpec], found types.LaunchTemplate) (*launchTemplate, error) {
	got := &launchTemplate{LaunchTemplate: found}
	if q.Deleting {
		return got, nil // nothing compares it now
	}
	var err error
	if got.latest, err = describe.LatestVersion(ctx, client, aws.ToString(found.LaunchTemplateId)); err != nil {
		return nil, err
	}
	made := madeVersion(q.Done)
	number := max(aws.ToInt64(found.LatestVersionNumber), aws.ToInt64(got.latest.VersionNumber), made)
	got.LatestVersionNumber = &number
	return got, nil
}

// madeVersion returns the number of the version that this pass made last; 0: none.
func madeVersion(done []resource.Done) (number int64) {
	for _, d := range done {
		var answer awsec2.CreateLaunchTemplateVersionOutput
		if d.Verb == string(createVersion.Verb) && json.Unmarshal(d.Output, &answer) == nil && answer.LaunchTemplateVersion != nil {
			number = aws.ToInt64(answer.LaunchTemplateVersion.VersionNumber)
		}
	}
	return number
}

// templateFacts waits while a read shows an older version than AWS has: a comparison with it could make
// another version.
func templateFacts(got *launchTemplate) (facts kind.Facts) {
	if shown := got.latest.VersionNumber; shown != nil && *shown < aws.ToInt64(got.LatestVersionNumber) {
		facts.Pending = kind.Pending("AWS does not show version %d of %s yet", *got.LatestVersionNumber, aws.ToString(got.LaunchTemplateId))
	}
	return facts
}

func requestTemplate(want ec2v1alpha1.LaunchTemplateSpec) (in awsec2.CreateLaunchTemplateInput, summary string) {
	in = templateRequest(want)
	in.LaunchTemplateData = templateData(want)
	return in, "create launch template " + aws.ToString(want.Name)
}

// planTemplate makes a new version where the latest one differs, and sets the default version after it.
func planTemplate(want ec2v1alpha1.LaunchTemplateSpec, got *launchTemplate, c kind.Case) (draft kind.Draft) {
	if got == nil {
		return draft // AWS makes the first version the default
	}
	latest := aws.ToInt64(got.LatestVersionNumber)
	other, surplus := templateComparison.Differences("data", withoutSystemTags(*want.Data), shownData(got.latest.LaunchTemplateData))
	fields := slices.Concat(other, surplus)
	if optional.Given(want.VersionDescription) && *want.VersionDescription != aws.ToString(got.latest.VersionDescription) {
		fields = append(fields, "versionDescription")
	}
	switch {
	case len(fields) == 0:
	case madeVersion(c.Done) == latest:
		// AWS filled in the surplus. What else differs would differ in each further version as well.
		for _, field := range other {
			draft.Notes = append(draft.Notes, fmt.Sprintf("spec.%s: AWS shows another value in version %d, which Tack just made from the spec", field, latest))
		}
	default:
		draft.Steps = append(draft.Steps, planVersion(want, got, fields))
		latest++
	}
	if n := want.DefaultVersion; n != nil && *n != aws.ToInt64(got.DefaultVersionNumber) {
		const path = "spec.defaultVersion"
		if *n > latest {
			draft.Notes, draft.InAWS = append(draft.Notes, fmt.Sprintf("%s: there is no version %d: the latest is %d", path, *n, latest)), true
			return draft
		}
		draft.Steps = append(draft.Steps, steps.For(1, path, setDefault.Step(fmt.Sprintf("make version %d the default", *n),
			awsec2.ModifyLaunchTemplateInput{LaunchTemplateId: got.LaunchTemplateId, DefaultVersion: aws.String(strconv.FormatInt(*n, 10))})))
	}
	return draft
}

// planVersion makes a version. Its token follows from the version before it and from its content: a
// repeat, also by another pass, makes no second version. A return to earlier data does.
func planVersion(want ec2v1alpha1.LaunchTemplateSpec, got *launchTemplate, fields []string) resource.Step {
	in := awsec2.CreateLaunchTemplateVersionInput{
		LaunchTemplateId: got.LaunchTemplateId, LaunchTemplateData: templateData(want), VersionDescription: optional.Text(want.VersionDescription),
	}
	content := sha256.Sum256(fmt.Appendf(createVersion.Step("", in).Input, " after %d", *got.LatestVersionNumber))
	in.ClientToken = aws.String(fmt.Sprintf("%x", content[:20]))
	words := "another " + strings.Join(fields, ", ")
	if len(fields) > 3 {
		words = fmt.Sprintf("%d other fields", len(fields))
	}
	return steps.For(0, "spec."+fields[0], createVersion.Step(fmt.Sprintf("make version %d, with %s", *got.LatestVersionNumber+1, words), in))
}
