namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: removes what a process that died left half made, or what nobody has a record of. Found by a type test.</summary>
/// <remarks>
/// What a driver makes carries a mark in the kernel itself. The controller calls this at a start, after everything that is on record was
/// taken up, and only when all of it could be: so what carries the mark and is unknown belongs to nobody.
/// </remarks>
public interface ILeftoverDriver
{
    /// <summary>Removes what carries the driver's mark and belongs to no network and no joined endpoint that it knows.</summary>
    /// <returns>What was removed, for the report.</returns>
    ValueTask<IReadOnlyList<string>> RemoveLeftoversAsync(CancellationToken cancellationToken = default);
}
