using System.Net;

namespace LibNetwork.Ipam;

/// <summary>An IPAM driver that knows by name who holds an address, and can be told of another name. Found by a type test on the driver.</summary>
public interface IIpamHolderDriver
{
    /// <summary>Says how the holder of an address is called from now on.</summary>
    /// <param name="poolId">The pool.</param>
    /// <param name="address">The address; one that nobody holds is not an error.</param>
    /// <param name="holder">The name, as in <see cref="IpamAddressRequest.Holder"/>.</param>
    /// <param name="cancellationToken">Cancels the call; the caller then says the old name again.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.NotFound"/>: no such pool.</exception>
    ValueTask RenameHolderAsync(string poolId, IPAddress address, string holder, CancellationToken cancellationToken = default);
}
