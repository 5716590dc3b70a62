namespace LibNetwork.Cni.Configuration;

/// <summary>Arguments by the conventions of CNI, in the part that is everybody's.</summary>
internal sealed record ConventionalArguments
{
    public CommonArguments? Cni { get; init; }
}
