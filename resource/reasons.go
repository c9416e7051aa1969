package resource

import "slices"

// Subject is the topic of a reason.
type Subject string

// The subjects, in the order of docs/conditions.md.
const (
	AboutPlace     Subject = "Account, role and Region"
	AboutReference Subject = "References"
	AboutSpec      Subject = "The object"
	AboutOwner     Subject = "Ownership"
	AboutResource  Subject = "The resource in AWS"
	AboutAWS       Subject = "AWS does not answer as it should"
	AboutExport    Subject = "FieldExports"
	AboutAdvice    Subject = "Advice"
)

// Mover is who acts next.
type Mover string

// The movers.
const (
	User     Mover = "you"      // the author of the object
	Operator Mover = "operator" // runs Tack, or owns the account
	AWS      Mover = "AWS"      // changes state without us
	Tack     Mover = "Tack"     // retries
)

// Reason is one reason of a condition: its meaning and its consequences.
type Reason struct {
	Name   string
	About  Subject
	State  State  // of the object: Waiting, Blocked, Terminal, Paused or Foreign; Synced for advice
	Next   Mover  // who acts next
	Means  string // one sentence, for users
	Remedy string // what to do, in the imperative; empty: nothing
	// Role marks a reason that no role can be used. Its message then begins with the words that
	// ACK's users match.
	Role bool
}

// Reasons of conditions. AWS's error codes are reasons as well.
const (
	ReasonNamespaceNotFound    = "NamespaceNotFound"
	ReasonNamespaceNotReadable = "NamespaceNotReadable"
	ReasonAccountUnknown       = "AccountUnknown"
	ReasonAccountMalformed     = "AccountMalformed"
	ReasonNamespaceNotAllowed  = "NamespaceNotAllowed"
	ReasonRoleMapNotFound      = "RoleMapNotFound"
	ReasonRoleMapNotReadable   = "RoleMapNotReadable"
	ReasonRoleNotMapped        = "RoleNotMapped"
	ReasonRoleEmpty            = "RoleEmpty"
	ReasonRoleMalformed        = "RoleMalformed"
	ReasonRoleOfAnotherAccount = "RoleOfAnotherAccount"
	ReasonTeamUnknown          = "TeamUnknown"
	ReasonSelectorsNotReadable = "SelectorsNotReadable"
	ReasonSeveralSelectors     = "SeveralSelectors"
	ReasonRegionUnknown        = "RegionUnknown"
	ReasonRegionMalformed      = "RegionMalformed"
	ReasonEndpointMalformed    = "EndpointMalformed"
	ReasonRoleDenied           = "RoleDenied"
	ReasonRoleNotAllowed       = "RoleNotAllowed"
	ReasonEndpointNotAllowed   = "EndpointNotAllowed"
	ReasonWrongAccount         = "WrongAccount"
	ReasonNoSession            = "NoSession"
	ReasonAccountChanged       = "AccountChanged"
	ReasonRegionChanged        = "RegionChanged"

	ReasonReferencesNotReady   = "ReferencesNotReady"
	ReasonReferenceNotReadable = "ReferenceNotReadable"
	ReasonCrossNamespace       = "CrossNamespaceNotAllowed"
	ReasonHasDependants        = "HasDependants"
	ReasonNoInternetGateway    = "NoInternetGateway"
	ReasonInvalidSpec          = "InvalidSpec"
	ReasonNotPossible          = "NotPossible"
	ReasonDiffersInAWS         = "DiffersInAWS"
	ReasonSpecTooLarge         = "SpecTooLarge"
	ReasonObjectTooLarge       = "ObjectTooLarge"
	ReasonAnnotation           = "AnnotationNotSupported"
	ReasonIgnoreFields         = "IgnoreFieldsMalformed"
	ReasonSecretInClear        = "SecretInClear"
	ReasonPaused               = "Paused"
	ReasonPlanned              = "Planned"
	ReasonApprovalRequired     = "ApprovalRequired"
	ReasonNotOwned             = "NotOwned"
	ReasonOwnedByAnother       = "OwnedByAnother"
	ReasonUsesAnother          = "UsesAnother"
	ReasonAdoptionMalformed    = "AdoptionMalformed"
	ReasonAdoptionNotFound     = "AdoptionNotFound"
	ReasonAdoptionDiffers      = "AdoptionDiffers"
	ReasonAdoptionAmbiguous    = "AdoptionAmbiguous"
	ReasonTakeOverActive       = "TakeOverActive"
	ReasonTakeOverWithoutID    = "TakeOverWithoutID"
	ReasonTakeOverNotFound     = "TakeOverNotFound"
	ReasonTakeOverDiffers      = "TakeOverDiffers"
	ReasonReadOnlyWithoutID    = "ReadOnlyWithoutID"
	ReasonReadOnlyNotFound     = "ReadOnlyNotFound"
	ReasonNameTaken            = "NameTaken"
	ReasonOtherController      = "OtherController"
	ReasonOtherInstallation    = "OtherInstallation"
	ReasonOtherCluster         = "OtherCluster"
	ReasonClaimNotConfirmed    = "ClaimNotConfirmed"
	ReasonClaimLost            = "ClaimLost"
	ReasonClaimEdited          = "ClaimEdited"
	ReasonFinalizerStripped    = "FinalizerStripped"
	ReasonPending              = "Pending"
	ReasonPendingAcceptance    = "PendingAcceptance"
	ReasonDeleting             = "Deleting"
	ReasonInUse                = "InUse"
	ReasonProtected            = "Protected"
	ReasonCommitted            = "Committed"
	ReasonFailed               = "Failed"
	ReasonLaunchFailed         = "LaunchFailed"
	ReasonNotVisibleYet        = "NotVisibleYet"
	ReasonNotDeleted           = "NotDeleted"
	ReasonNotSettling          = "NotSettling"
	ReasonAccountBusy          = "AccountBusy"
	ReasonRateBudget           = "RateBudget"
	ReasonNotFoundYet          = "NotFoundYet"
	ReasonNoAnswer             = "NoAnswer"
	ReasonInvalidExport        = "InvalidExport"
	ReasonSourceNotServed      = "SourceNotServed"
	ReasonSourceNotFound       = "SourceNotFound"
	ReasonSourceNotSynced      = "SourceNotSynced"
	ReasonFieldNotSet          = "FieldNotSet"
	ReasonTargetNotFound       = "TargetNotFound"
	ReasonTargetNotWritable    = "TargetNotWritable"
	ReasonTargetRefused        = "TargetRefused"
	ReasonKeyOwned             = "KeyOwned"
	ReasonSecretExportsOff     = "SecretExportsOff"
	ReasonTagWithoutKey        = "TagWithoutKey"
	ReasonSystemTagIgnored     = "SystemTagIgnored"
	ReasonDifference           = "Difference"
	ReasonReadOnly             = "ReadOnly"
	ReasonFieldsIgnored        = "FieldsIgnored"
	ReasonPortsIgnored         = "PortsIgnored"
	ReasonReadOnce             = "ReadOnce"
	ReasonChangeFailed         = "ChangeFailed"
	ReasonSecondResource       = "SecondResource"
	ReasonReplaced             = "Replaced"
	ReasonStatusShortened      = "StatusShortened"
)

// Taken reports whether a reason means that something else holds the requested name. It may go at
// any moment.
func Taken(reason string) bool { return reason == ReasonNameTaken || reason == ReasonOwnedByAnother }

// AboutRole reports whether a reason means that no role can be used.
func AboutRole(reason string) bool {
	return slices.ContainsFunc(Reasons(), func(r Reason) bool { return r.Name == reason && r.Role })
}
