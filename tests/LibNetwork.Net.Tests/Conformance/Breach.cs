namespace LibNetwork.Tests.Conformance;

/// <summary>A way to break the contract of a driver.</summary>
public enum Breach
{
    None,
    LeavesTheInterface,
    MindsWhatIsGone,
    JoinsWithoutRollBack,
    ForgetsTheParent,
    IgnoresTheToken,
    OverwritesTheAddress,
    MakesNoInterface,
    TakesAnyNetwork,
    ShoutsItsName,
}
