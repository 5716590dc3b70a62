using LibNetwork.Cni.Errors;

namespace LibNetwork.Cni.Attachments;

/// <summary>A network that has containers stays as it was made.</summary>
internal static class NetworkMatch
{
    /// <exception cref="CniException"><see cref="CniErrorCode.Conflict"/>: the configuration says another network than the one that is there.</exception>
    public static void Require(INetwork present, NetworkSpec wanted)
    {
        if (!NetworkPlan.Matches(present.State, wanted))
        {
            throw new CniException(
                CniErrorCode.Conflict, $"network {wanted.Name} is in use as it was configured when its first container came, which is not as it is configured now",
                $"DEL its {present.Endpoints.Count} containers, or give the other configuration another name");
        }
    }
}
