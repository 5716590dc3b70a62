namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: says what of a network's options no other network of the cluster may have. Found by a type test.</summary>
public interface INetworkIdentifierDriver
{
    /// <summary>Reads the identifiers of a network from its complete options.</summary>
    /// <param name="options">The options.</param>
    /// <returns>Each as text without <c>/</c>, for example <c>vni 4096</c>; they are compared letter by letter, among the networks of this driver.</returns>
    IReadOnlyList<string> GetIdentifiers(IReadOnlyDictionary<string, string> options);
}
