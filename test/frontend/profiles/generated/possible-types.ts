
      export interface PossibleTypesResultData {
        possibleTypes: {
          [key: string]: string[]
        }
      }
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "ProfileAccount": [
      "MindAccount",
      "OmnivibeAccount",
      "V2Account"
    ],
    "WritePayload": [
      "AddStatisticPayload",
      "BulkUpdateResult",
      "ChangePasswordPayload",
      "CreateProfilePayload",
      "RefreshTabPayload",
      "RemoveStatisticPayload",
      "RemoveStatusLockPayload",
      "SelectDeskViewPayload",
      "SetCampaignStatePayload",
      "SetDeskStatusPayload",
      "SetStatusLockPayload",
      "UpdateProfilePayload",
      "WatchStatisticPayload"
    ]
  }
};
      export default result;
    